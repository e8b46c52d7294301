"""Reads an untrusted PDF or workbook in a process of its own, with limits.

Run by `crafted_file`, as a script: a crafted file can crash or fill this process, not the run.
Arguments: `attachment` and the file, or `sheet`, the file and the sheet's name ("" for the only
one). Writes the attached XML, or a line of JSON per row, to stdout. Exit code 3 and one sentence on
stderr if it cannot.
"""

import datetime
import json
import resource
import sys

MEMORY_BYTES = 2 * 1024**3  # of address space
CPU_SECONDS = 300
LARGEST_ANSWER = 512 * 1024**2
LARGEST_CELL = 32_767  # characters, as in a workbook
INVOICES = ("factur-x.xml", "xrechnung.xml", "zugferd-invoice.xml")


def attachment(path: str) -> None:
    """Write the one invoice that is attached to a PDF."""
    import pypdf

    attached = pypdf.PdfReader(path).attachments
    names = [name for name in attached if name.lower() in INVOICES]
    found = attached[names[0]] if len(names) == 1 else []
    if len(found) != 1:
        raise ValueError(
            f"{len(found) or len(names)} invoices are attached, and not one; "
            f"it must be named {' or '.join(INVOICES)}"
        )
    sys.stdout.buffer.write(found[0])


def sheet(path: str, name: str) -> None:
    """Write the rows of a sheet: texts as they are, what is typed as an object of its text."""
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_path(path)
    names = book.sheet_names
    if name not in names and (name or len(names) != 1):
        raise ValueError(f"name one of its sheets under sheet: {', '.join(names)}")
    for row in book.get_sheet_by_name(name or names[0]).to_python(skip_empty_area=False):
        print(json.dumps([_said(cell) for cell in row]))


def _said(cell: object) -> object:
    if isinstance(cell, bool):
        return {"bool": str(cell).lower()}
    if isinstance(cell, int | float):
        # a workbook counts with 15 digits; what a binary float shows beyond is noise
        return {"number": format(cell, ".15g")}
    if isinstance(cell, datetime.datetime):
        is_day = cell.time() == datetime.time()
        return {"date" if is_day else "time": str(cell.date() if is_day else cell)}
    if isinstance(cell, datetime.date):
        return {"date": str(cell)}
    if not isinstance(cell, str):
        return {"time": str(cell)}
    if len(cell) > LARGEST_CELL:
        raise ValueError("a cell is longer than a workbook allows")
    return cell


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_ANSWER, LARGEST_ANSWER))
    try:
        (attachment if sys.argv[1] == "attachment" else sheet)(*sys.argv[2:])
    except (Exception, MemoryError) as problem:  # whatever a reader makes of a crafted file
        print(str(problem).splitlines()[0] if str(problem) else type(problem).__name__,
              file=sys.stderr)  # fmt: skip
        sys.exit(3)
