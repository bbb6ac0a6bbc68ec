/** Bytes of a file as text. */

export interface Decoded {
  readonly text: string;
  /** What it was read as, where that is not UTF-8. */
  readonly as?: "Windows-1252";
}

/** Text in UTF-8, or else as Windows writes it in Western Europe and the Americas. */
export function decode(bytes: Uint8Array): Decoded {
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return { text: new TextDecoder("windows-1252").decode(bytes), as: "Windows-1252" };
  }
}
