"""The REST endpoints described as OpenAPI 3.1, from the models that validate them.

schemas      the models of both dialects as JSON Schema, with what has no effect here
examples     bodies and the answers that they really get
operations   the endpoints: names, bodies, answers, refusals
document     all of it as one document
"""
