"""The model's side: models, tools as a protocol, the step loop and its journal."""
