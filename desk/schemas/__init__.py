"""The JSON Schemas (draft 2020-12) of every `--json`, one file a command."""
