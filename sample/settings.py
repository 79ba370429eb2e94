"""Where the key comes from and which model answers."""

import os

import google.generativeai as genai

MODEL = "gemini-1.5-flash"

genai.configure(api_key=os.environ["GOOGLE_API_KEY"])
