"""The bundled quarter: what `recount demo` and `make demo` run on, made from a seed."""
