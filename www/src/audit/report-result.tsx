import type { Figure, Signature, Undefined } from "rubrica/statistics";
import { oneLine, ResultTools, SignatureLine } from "../signature.js";
import type { NamedReport } from "./report-fields.js";

/** More fields than this make a table too wide, of several records and of one. */
const MOST_ACROSS = 8;
const MOST_ACROSS_OF_ONE = 4;
/** Records that fit side by side. */
const MOST_SIDE_BY_SIDE = 4;

type Fields = Readonly<Record<string, unknown>>;

/** A report of any shape: its numbers by name, its lists of records as tables. */
export function ReportResult({ named: { info, report } }: { named: NamedReport }) {
  const { signature, ...fields } = report;
  return (
    <>
      <header class="verdict">
        <h2>{info.about}</h2>
        <p class="hint">
          {info.name}, after {info.source}
        </p>
      </header>
      <Section path="" fields={fields} />
      {signature !== undefined && <SignatureLine signature={signature as Signature} />}
      <ResultTools name={info.name} value={report} />
    </>
  );
}

/** Single values in one table, then what has parts of its own. */
function Section({ path, fields }: { path: string; fields: Fields }) {
  const entries = Object.entries(fields);
  const single = entries.filter(([, value]) => !hasParts(value));
  return (
    <>
      {single.length > 0 && (
        <Table caption={path === "" ? "Figures" : path} header={["Figure", "Value"]} rows={single.map(([name, value]) => [inWords(name), cell(value)])} />
      )}
      {entries
        .filter(([, value]) => hasParts(value))
        .map(([name, value]) => {
          const inner = path === "" ? inWords(name) : `${path}: ${inWords(name)}`;
          if (Array.isArray(value)) return <Records key={inner} caption={inner} rows={value as readonly unknown[]} />;
          return <Section key={inner} path={inner} fields={value as Fields} />;
        })}
    </>
  );
}

/** A list of records, a row each; few records of many fields stand side by side instead, since no screen is that wide. */
function Records({ caption, rows }: { caption: string; rows: readonly unknown[] }) {
  const records = rows.map(asRecord);
  const names = [...new Set(records.flatMap((record) => Object.keys(record)))];
  const down = (fields: readonly string[]) => fields.map((name) => [name, ...records.map((record) => cell(record[name]))]);
  if (records.length === 1 && names.length > MOST_ACROSS_OF_ONE) {
    return <Table caption={caption} header={["Figure", "Value"]} rows={down(names)} />;
  }
  const [first = "", ...others] = names;
  if (records.length <= MOST_SIDE_BY_SIDE && names.length > MOST_ACROSS) {
    return <Table caption={caption} header={[first, ...records.map((record) => cell(record[first]))]} rows={down(others)} />;
  }
  return <Table caption={caption} header={names} rows={records.map((record) => names.map((name) => cell(record[name])))} />;
}

/** Fields by their names in words, those of inner records too. */
function asRecord(row: unknown, place: number): Fields {
  if (Array.isArray(row)) return { row: place + 1, ...Object.fromEntries(row.map((value: unknown, at) => [`${at + 1}`, value])) };
  return isFields(row) ? flat(row) : { value: row };
}

function flat(fields: Fields, path = ""): Fields {
  const parts = Object.entries(fields).flatMap(([name, value]) => {
    const here = `${path}${inWords(name)}`;
    return isFields(value) && hasParts(value) ? Object.entries(flat(value, `${here}: `)) : [[here, value] as const];
  });
  return Object.fromEntries(parts);
}

function Table({ caption, header, rows }: { caption: string; header: readonly string[]; rows: readonly (readonly string[])[] }) {
  return (
    <div class="wide" tabIndex={0} role="region" aria-label={caption}>
      <table class="figures">
        <caption>{caption}</caption>
        <thead>
          <tr>
            {header.map((name, column) => (
              <th scope="col" key={column}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([first, ...rest], row) => (
            <tr key={row}>
              <th scope="row">{first}</th>
              {rest.map((value, column) => (
                <td key={column}>{value}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isFigure(value: unknown): value is Figure {
  return isFields(value) && "value" in value && ("lower" in value || "error" in value);
}

/** Why there is no value. */
function isUndefined(value: unknown): value is Undefined {
  return isFields(value) && typeof value["code"] === "string" && typeof value["reason"] === "string";
}

function isSignature(value: unknown): value is Signature {
  return isFields(value) && typeof value["protocol"] === "string" && typeof value["version"] === "string";
}

function hasParts(value: unknown): boolean {
  if (Array.isArray(value)) return value.some((part) => typeof part === "object" && part !== null);
  return isFields(value) && !isFigure(value) && !isUndefined(value) && !isSignature(value);
}

/** `lengthControlled` as "length controlled". */
function inWords(name: string): string {
  return /^[a-z]+([A-Z][a-z]+)+$/.test(name) ? name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`) : name.replaceAll("_", " ");
}

/** One value in one cell; what is nested deeper stays JSON. */
function cell(value: unknown): string {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "number") return Number.isInteger(value) ? `${value}` : rounded(value);
  if (typeof value === "string" || typeof value === "boolean") return `${value}`;
  if (Array.isArray(value) && !hasParts(value)) return value.map(cell).join(" ");
  if (isUndefined(value)) return `none: ${value.reason}`;
  if (isSignature(value)) return oneLine(value);
  if (!isFigure(value)) return JSON.stringify(value);
  if (value.value === null) return `none: ${value.error.reason}`;
  return `${cell(value.value)} (${cell(value.lower)} to ${cell(value.upper)})`;
}

function rounded(value: number): string {
  return Math.abs(value) < 1e-3 ? value.toExponential(2) : value.toFixed(4);
}
