"""What programs send and are told, by subject, as far as no schema of the command says it already.

Names are as `--json` has them.
"""
