/**
 * What went wrong, as an `Error` with a stable `code`.
 *
 * Codes of input: `invalid_input`, `parse_error`, `empty_text`, `text_too_long`, `lone_surrogate`,
 * `unknown_name`, `missing_model`. Codes of metrics and checks: `missing_reference`, `missing_context`,
 * `missing_instruction`, `bad_form`, `texts_too_long`, `embedding_shape`, `no_patterns`. Codes of
 * statistics and reports: `too_few_values`, `length_mismatch`, `constant_input`, `one_class`,
 * `not_finite`, `out_of_range`, `unknown_class`, `nothing_to_count`, `not_connected`,
 * `duplicate_entry`, `not_settled`, `unstable_statistic`. Codes of models:
 * `model_file_missing`, `file_size_mismatch`, `file_hash_mismatch`, `weights_truncated`,
 * `weights_hash_mismatch`, `weights_missing_tensor`, `weights_duplicate_tensor`,
 * `weights_not_finite`, `weights_wrong_shape`, `weights_wrong_type`, `unknown_architecture`,
 * `model_config`, `tokenizer`, `golden_mismatch`, `not_an_encoder`, `not_a_judge`,
 * `wrong_encoder`, `other_head`, `no_such_layer`, `no_tokens`, `unnamed_labels`. Codes of devices and lifetimes: `device_unavailable`,
 * `device_lost`, `engine_crashed`, `network`, `cancelled`, `disposed`. A code keeps its meaning.
 */
export class RubricaError extends Error {
  override readonly name = "RubricaError";
  /** Stable identifier for programs. */
  readonly code: string;
  /** Where in the input, such as `options.rubric.criteria[0].weight`. */
  readonly path?: string;

  constructor(code: string, message: string, path?: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    if (path !== undefined) this.path = path;
  }
}

/** An error as it crosses between threads, where structured cloning would drop its fields. */
export interface ErrorRecord {
  readonly code: string;
  readonly message: string;
  readonly path?: string;
}

/** Any thrown value as a {@link RubricaError}; what is none of ours counts as a crash. */
export function toRubricaError(thrown: unknown): RubricaError {
  if (thrown instanceof RubricaError) return thrown;
  if (thrown instanceof Error) {
    const { code, path } = thrown as Error & { code?: unknown; path?: unknown };
    if (thrown.name === "RubricaError" && typeof code === "string") {
      const where = typeof path === "string" ? path : undefined;
      return new RubricaError(code, thrown.message, where, { cause: thrown });
    }
    if (thrown.name === "AbortError") return cancelled();
    return new RubricaError("engine_crashed", `${thrown.name}: ${thrown.message}`, undefined, {
      cause: thrown,
    });
  }
  return new RubricaError("engine_crashed", String(thrown));
}

export function toRecord({ code, message, path }: RubricaError): ErrorRecord {
  return path === undefined ? { code, message } : { code, message, path };
}

export function fromRecord({ code, message, path }: ErrorRecord): RubricaError {
  return new RubricaError(code, message, path);
}

export function cancelled(): RubricaError {
  return new RubricaError("cancelled", "cancelled by the caller");
}

export function disposed(): RubricaError {
  return new RubricaError("disposed", "the evaluator was disposed of; create another");
}
