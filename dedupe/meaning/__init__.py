"""Words to codes: places, audiences, themes, phases; each result says from which words it came."""
