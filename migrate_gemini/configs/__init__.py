"""Files of settings: the names of models that stand in them as values."""
