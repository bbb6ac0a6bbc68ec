/** Gives a file to the person. */
export function download(name: string, parts: readonly BlobPart[], type: string): void {
  const url = URL.createObjectURL(new Blob([...parts], { type }));
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  // The browser has taken it over by then, however large it is.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
