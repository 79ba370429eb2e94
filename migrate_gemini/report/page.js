const form = document.getElementById("filters");
function apply() {
  const shown = new Set([...form.querySelectorAll("[name=status]:checked")].map(box => box.value));
  const code = form.elements.code.value;
  let any = false;
  for (const article of document.querySelectorAll("article")) {
    let some = false;
    const items = article.querySelectorAll("li[data-status]");
    for (const item of items) {
      item.hidden = !shown.has(item.dataset.status) || (code !== "" && code !== item.dataset.code);
      some = some || !item.hidden;
    }
    article.hidden = items.length > 0 && !some;
    any = any || !article.hidden;
  }
  document.getElementById("none").hidden = any;
}
if (form) form.addEventListener("change", apply);
