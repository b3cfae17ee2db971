"""The rules of the desk: values in, a decision or a refusal out. Nothing here knows a framework."""
