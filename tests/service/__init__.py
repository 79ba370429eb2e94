"""A loopback stand-in for the Gemini service, for tests only.

It speaks the REST dialects of google-generativeai, of google-genai's generate_content and of the Interactions API
(steps schema, and the first schema with outputs).  Every request is read into one normal form (`request.Request`), the
answer is a pure function of that form (`answer.answer`), and the answer is written back in the dialect that was asked.
So two programs that ask for the same thing print the same, whichever API they use; a lost setting, a lost turn or a
changed schema shows up as another fingerprint in the printed text.

Use it as `with Service() as service: ... service.base_url`.
"""

from tests.service.server import Service

__all__ = ["Service"]
