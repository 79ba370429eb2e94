"""A kitchen assistant that remembers what was said: python cookbot.py"""

import google.generativeai as genai

from settings import MODEL

model = genai.GenerativeModel(
    MODEL,
    system_instruction="You are a patient cook. Answer in at most three sentences.",
    generation_config={"temperature": 0.7, "max_output_tokens": 400},
)


def main():
    chat = model.start_chat()
    print("What shall we cook? An empty line ends.")
    while question := input("> ").strip():
        response = chat.send_message(question, stream=True)
        for chunk in response:
            print(chunk.text, end="", flush=True)
        print()


if __name__ == "__main__":
    main()
