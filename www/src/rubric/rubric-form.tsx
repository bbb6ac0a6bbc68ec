import type { ResolvedCriterion, ResolvedRubric, Scale, ScaleKind } from "rubrica";
import { Field } from "../field.js";
import { anchorPoints, freshId, moved, type RubricModel } from "./model.js";

const KINDS: readonly { readonly id: ScaleKind; readonly title: string; readonly min: number; readonly max: number }[] = [
  { id: "likert", title: "Points", min: 1, max: 5 },
  { id: "binary", title: "Yes or no", min: 0, max: 1 },
  { id: "continuous", title: "Continuous", min: 0, max: 1 },
];

/** The rubric as a form. */
export function RubricForm({ model }: { model: RubricModel }) {
  const rubric = model.rubric.value;
  if (rubric === undefined) return <p class="hint">The rubric cannot be shown as a form until its text is right.</p>;
  const edit = (change: Partial<ResolvedRubric>) => void model.edit({ ...rubric, ...change });
  const editAt = (index: number, change: Partial<ResolvedCriterion>) =>
    edit({ criteria: rubric.criteria.map((c, i) => (i === index ? { ...c, ...change } : c)) });
  const add = () => {
    const scale: Scale = { kind: "likert", min: 1, max: 5, anchors: {} };
    edit({ criteria: [...rubric.criteria, { id: freshId(rubric.criteria), description: "", scale, weight: 1 }] });
  };
  return (
    <div class="rubric-form">
      <div class="row">
        <Field label="Name" error={model.messageAt("name")}>
          {(ids) => <input {...ids} value={rubric.name} onInput={(e) => edit({ name: e.currentTarget.value })} />}
        </Field>
        <Field label="Overall score">
          {(ids) => (
            <select
              {...ids}
              value={rubric.aggregate}
              onChange={(e) => edit({ aggregate: e.currentTarget.value === "minimum" ? "minimum" : "weighted_mean" })}
            >
              <option value="weighted_mean">weighted mean</option>
              <option value="minimum">worst criterion</option>
            </select>
          )}
        </Field>
      </div>
      <ol class="criteria">
        {rubric.criteria.map((criterion, index) => (
          <li key={index}>
            <CriterionForm
              model={model}
              criterion={criterion}
              path={`criteria[${index}]`}
              edit={(change) => editAt(index, change)}
            />
            <div class="criterion-tools">
              <Tool label={`Move ${criterion.id} up`} sign="↑" off={index === 0} act={() => edit({ criteria: moved(rubric.criteria, index, -1) })} />
              <Tool label={`Move ${criterion.id} down`} sign="↓" off={index === rubric.criteria.length - 1} act={() => edit({ criteria: moved(rubric.criteria, index, 1) })} />
              <Tool label={`Remove ${criterion.id}`} sign="✕" off={rubric.criteria.length === 1} act={() => edit({ criteria: rubric.criteria.filter((_, i) => i !== index) })} />
            </div>
          </li>
        ))}
      </ol>
      <button type="button" onClick={add}>
        Add a criterion
      </button>
    </div>
  );
}

function Tool({ label, sign, off, act }: { label: string; sign: string; off: boolean; act: () => void }) {
  return (
    <button type="button" class="quiet" aria-label={label} title={label} disabled={off} onClick={act}>
      <span aria-hidden="true">{sign}</span>
    </button>
  );
}

interface CriterionProps {
  readonly model: RubricModel;
  readonly criterion: ResolvedCriterion;
  readonly path: string;
  readonly edit: (change: Partial<ResolvedCriterion>) => void;
}

function CriterionForm({ model, criterion, path, edit }: CriterionProps) {
  const { scale } = criterion;
  const editScale = (change: Partial<Scale>) => edit({ scale: { ...scale, ...change } });
  const chooseKind = (id: string) => {
    const kind = KINDS.find((known) => known.id === id);
    if (kind !== undefined) edit({ scale: { kind: kind.id, min: kind.min, max: kind.max, anchors: {} } });
  };
  return (
    <div class="criterion">
      <div class="row">
        <Field label="Id" error={model.messageAt(`${path}.id`)}>
          {(ids) => <input {...ids} value={criterion.id} onInput={(e) => edit({ id: e.currentTarget.value })} />}
        </Field>
        <NumberField label="Weight" error={model.messageAt(`${path}.weight`)} value={criterion.weight} edit={(weight) => edit({ weight })} />
      </div>
      <Field label="Question" error={model.messageAt(`${path}.description`)}>
        {(ids) => (
          <textarea {...ids} rows={2} value={criterion.description} onInput={(e) => edit({ description: e.currentTarget.value })} />
        )}
      </Field>
      <div class="row">
        <Field label="Scale" error={model.messageAt(`${path}.scale`)}>
          {(ids) => (
            <select {...ids} value={scale.kind} onChange={(e) => chooseKind(e.currentTarget.value)}>
              {KINDS.map(({ id, title }) => (
                <option key={id} value={id}>
                  {title}
                </option>
              ))}
            </select>
          )}
        </Field>
        {scale.kind !== "binary" && (
          <>
            <NumberField label="From" error={model.messageAt(`${path}.scale.min`)} value={scale.min} edit={(min) => editScale({ min })} />
            <NumberField label="To" error={model.messageAt(`${path}.scale.max`)} value={scale.max} edit={(max) => editScale({ max })} />
          </>
        )}
      </div>
      <details>
        <summary>What the points mean</summary>
        {anchorPoints(scale).map((point) => (
          <Field key={point} label={String(point)}>
            {(ids) => (
              <textarea
                {...ids}
                rows={1}
                value={scale.anchors?.[point] ?? ""}
                onInput={(e) => editScale({ anchors: withAnchor(scale.anchors, point, e.currentTarget.value) })}
              />
            )}
          </Field>
        ))}
      </details>
    </div>
  );
}

interface NumberProps {
  readonly label: string;
  readonly value: number;
  readonly error: string | undefined;
  readonly edit: (value: number) => void;
}

function NumberField({ label, value, error, edit }: NumberProps) {
  // A field that was emptied is 0 until something is typed; the core says what it thinks of that.
  return (
    <Field label={label} error={error}>
      {(ids) => <input {...ids} type="number" step="any" value={value} onInput={(e) => edit(e.currentTarget.valueAsNumber || 0)} />}
    </Field>
  );
}

function withAnchor(anchors: Scale["anchors"], point: number, text: string): Record<string, string> {
  const { [point]: _, ...others } = anchors ?? {};
  return text.trim() === "" ? others : { ...others, [point]: text };
}
