"""The commands of `outreach`, one module per thing a person wants to do."""
