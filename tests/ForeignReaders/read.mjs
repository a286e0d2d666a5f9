// Answers requests, one JSON object per line on standard input, each with one JSON object per line on standard output:
//   {"reader": "duckdb" | "arrow" | "polars" | "hyparquet", "file": path}   → {"columns": {name: [value, …], …}}
//   {"sql": text}                                                           → {"columns": …}, asked of DuckDB
//   {"pageIndex": path}                                                     → {"columns": {name: [{offset, firstRow, nulls, min, max, order}, …], …}}
//   {"footer": path}                                                        → {"columns": the footer, in the names of parquet.thrift}
// A value is null, a boolean, "s" + text, "i" + integer, or "d" + the 16 hexadecimal digits of a float64, so that every bit is kept.
// A failure is answered with {"error": text}.
import { createInterface } from 'node:readline';
import { readFileSync } from 'node:fs';

const view = new DataView(new ArrayBuffer(8));

function bits(value) {
  view.setFloat64(0, value);
  return 'd' + view.getBigUint64(0).toString(16).padStart(16, '0');
}

// Numbers are written by the type of their column: a reader may give a whole double as it gives an integer.
function value(item, isFloat) {
  if (item === null || item === undefined) return null;
  if (typeof item === 'boolean') return item;
  if (typeof item === 'string') return 's' + item;
  if (typeof item === 'bigint') return 'i' + item;
  if (typeof item === 'number') return isFloat ? bits(item) : 'i' + item;
  if (item instanceof Uint8Array) return 'b' + Buffer.from(item).toString('hex');
  return 's' + String(item);
}

let connection;

async function duckdb(sql) {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  // Without the cache: a test may write another file under the same name within a second.
  connection ??= await (await DuckDBInstance.create(':memory:', { threads: '1', enable_external_file_cache: 'false' })).connect();
  const result = await connection.runAndReadAll(sql);
  const names = result.columnNames(), types = result.columnTypes().map(String), data = result.getColumns();
  return Object.fromEntries(names.map((name, c) => [name, (data[c] ?? []).map(item => value(item, /DOUBLE|FLOAT/.test(types[c])))]));
}

async function arrow(file) {
  const { readParquet } = await import('parquet-wasm');
  const { tableFromIPC } = await import('apache-arrow');
  const table = tableFromIPC(readParquet(readFileSync(file)).intoIPCStream());
  return Object.fromEntries(table.schema.fields.map((field, c) => {
    const column = table.getChildAt(c);
    return [field.name, Array.from({ length: table.numRows }, (_, i) => value(column.get(i), /Float/.test(String(field.type))))];
  }));
}

async function polars(file) {
  const pl = (await import('nodejs-polars')).default;
  const frame = pl.readParquet(file);
  return Object.fromEntries(frame.columns.map(name => {
    const column = frame.getColumn(name), type = String(column.dtype);
    // Polars hands 64-bit integers over as floats, and rounds them.
    if (/Int64/.test(type)) return [name, column.cast(pl.Utf8).toArray().map(item => item === null ? null : 'i' + item)];
    return [name, column.toArray().map(item => value(item, /Float/.test(type)))];
  }));
}

async function hyparquet(file) {
  const { asyncBufferFromFile, parquetReadObjects, parquetMetadataAsync } = await import('hyparquet');
  const { compressors } = await import('hyparquet-compressors');
  const source = await asyncBufferFromFile(file);
  const metadata = await parquetMetadataAsync(source);
  const rows = await parquetReadObjects({ file: source, metadata, compressors });
  return Object.fromEntries(metadata.schema.slice(1).map(({ name, type }) => [name, rows.map(row => value(row[name], type === 'DOUBLE'))]));
}

async function pageIndex(path) {
  const { asyncBufferFromFile, parquetMetadataAsync, parquetSchema, readColumnIndex, readOffsetIndex } = await import('hyparquet');
  const source = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(source);
  const children = parquetSchema(metadata).children;
  const slice = async (offset, length) => ({ view: new DataView(await source.slice(Number(offset), Number(offset) + length)), offset: 0 });
  const columns = Object.fromEntries(children.map(child => [child.element.name, []]));
  for (const group of metadata.row_groups) {
    for (const [c, chunk] of group.columns.entries()) {
      const { element } = children[c];
      const offsets = readOffsetIndex(await slice(chunk.offset_index_offset, chunk.offset_index_length));
      const bounds = chunk.column_index_length
        ? readColumnIndex(await slice(chunk.column_index_offset, chunk.column_index_length), element) : null;
      const isFloat = element.type === 'DOUBLE';
      offsets.page_locations.forEach((page, p) => columns[element.name].push({
        offset: Number(page.offset),
        firstRow: Number(page.first_row_index),
        nulls: bounds ? Number(bounds.null_counts[p]) : null,
        min: bounds && !bounds.null_pages[p] ? value(bounds.min_values[p], isFloat) : null,
        max: bounds && !bounds.null_pages[p] ? value(bounds.max_values[p], isFloat) : null,
        order: bounds?.boundary_order ?? null,
      }));
    }
  }
  return columns;
}

async function footer(path) {
  const { asyncBufferFromFile, parquetMetadataAsync, toJson } = await import('hyparquet');
  return toJson(await parquetMetadataAsync(await asyncBufferFromFile(path)));
}

const readers = { duckdb: file => duckdb(`SELECT * FROM read_parquet('${file.replaceAll("'", "''")}')`), arrow, polars, hyparquet };

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  let answer;
  try {
    answer = {
      columns: request.sql ? await duckdb(request.sql)
        : request.pageIndex ? await pageIndex(request.pageIndex)
        : request.footer ? await footer(request.footer)
        : await readers[request.reader](request.file),
    };
  } catch (error) {
    answer = { error: String(error?.stack ?? error) };
  }
  process.stdout.write(JSON.stringify(answer) + '\n');
}
