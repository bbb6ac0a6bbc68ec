import type { Figure, Signature } from "rubrica/statistics";
import { ResultTools, SignatureLine } from "../signature.js";
import type { NamedReport } from "./report-fields.js";

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

/** A list of records, a row each. */
function Records({ caption, rows }: { caption: string; rows: readonly unknown[] }) {
  const records = rows.map((row): Fields => {
    if (Array.isArray(row)) return Object.fromEntries(row.map((value: unknown, place) => [`${place + 1}`, value]));
    return isFields(row) ? row : { value: row };
  });
  const names = [...new Set(records.flatMap((record) => Object.keys(record)))];
  return <Table caption={caption} header={names.map(inWords)} rows={records.map((record) => names.map((name) => cell(record[name])))} />;
}

function Table({ caption, header, rows }: { caption: string; header: readonly string[]; rows: readonly (readonly string[])[] }) {
  return (
    <div class="wide" tabIndex={0} role="region" aria-label={caption}>
      <table class="figures">
        <caption>{caption}</caption>
        <thead>
          <tr>
            {header.map((name) => (
              <th scope="col" key={name}>
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

function hasParts(value: unknown): boolean {
  if (Array.isArray(value)) return value.some((part) => typeof part === "object" && part !== null);
  return isFields(value) && !isFigure(value);
}

/** `lengthControlled` as "length controlled". */
function inWords(name: string): string {
  return /^[a-z]+([A-Z][a-z]+)+$/.test(name) ? name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`) : name.replaceAll("_", " ");
}

/** One value in one cell; what is nested deeper stays JSON. */
function cell(value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "number") return Number.isInteger(value) ? `${value}` : rounded(value);
  if (typeof value === "string" || typeof value === "boolean") return `${value}`;
  if (Array.isArray(value) && !hasParts(value)) return value.map(cell).join(" ");
  if (!isFigure(value)) return JSON.stringify(value);
  if (value.value === null) return `none: ${value.error.reason}`;
  return `${cell(value.value)} (${cell(value.lower)} to ${cell(value.upper)})`;
}

function rounded(value: number): string {
  return Math.abs(value) < 1e-3 ? value.toExponential(2) : value.toFixed(4);
}
