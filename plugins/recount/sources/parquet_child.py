"""Reads an untrusted Parquet file in a process of its own, with limits, and writes Arrow to stdout.

Run by `parquet_records`, as a script: a crafted file can crash or fill this process, not the run.
Arguments: the file, then the columns to read. Exit code 3 and one sentence on stderr if it cannot.
"""

import json
import resource
import sys

import pyarrow as pa
from pyarrow import parquet

MEMORY_BYTES = 4 * 1024**3  # of address space; a batch of 64 Ki rows needs a fraction of it
CPU_SECONDS = 1800
BATCH_ROWS = 64 * 1024


def main(path: str, wanted: list[str]) -> None:
    """Write the wanted columns that the file has as an Arrow stream, values validated."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    pa.set_cpu_count(1)
    with parquet.ParquetFile(path, pre_buffer=False, memory_map=False) as file:
        names = file.schema_arrow.names
        # a column that is there twice is for the parent to refuse, who knows its name by then
        included = [name for name in names if name in wanted and names.count(name) == 1]
        fields = [file.schema_arrow.field(names.index(name)) for name in included]
        schema = pa.schema(fields).with_metadata({"names": json.dumps(names)})
        with pa.ipc.new_stream(sys.stdout.buffer, schema) as output:
            rows = file.iter_batches(BATCH_ROWS, columns=included, use_threads=False)
            for batch in rows if included else ():
                batch.validate(full=True)
                output.write_batch(pa.RecordBatch.from_arrays(batch.columns, schema=schema))


if __name__ == "__main__":
    try:
        main(sys.argv[1], sys.argv[2:])
    except (pa.ArrowException, OSError, ValueError, MemoryError) as problem:
        print(str(problem).splitlines()[0] if str(problem) else "out of memory", file=sys.stderr)
        sys.exit(3)
