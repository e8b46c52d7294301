"""What a spreadsheet would run."""

# A text that begins so becomes a formula (OWASP), also in its full-width form.
DANGEROUS = "^[\\x00-\\x20]*[=+\\-@\uff1d\uff0b\uff0d\uff20]"
