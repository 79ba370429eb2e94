"""Turns recipes into one shopping list: python shopping_list.py *.txt"""

import sys

import google.generativeai as genai

from settings import MODEL

# Precise, not inventive.
model = genai.GenerativeModel(MODEL, generation_config={"temperature": 0, "top_k": 20})


def shopping_list(recipes):
    prompt = "Write one shopping list for these recipes, grouped by shelf:\n\n" + "\n\n".join(recipes)
    response = model.generate_content(prompt)
    return response.text.strip()


if __name__ == "__main__":
    texts = []
    for name in sys.argv[1:]:
        with open(name, encoding="utf-8") as file:
            texts.append(file.read())
    print(shopping_list(texts))
    print("Tokens:", model.count_tokens("\n".join(texts)).total_tokens)
