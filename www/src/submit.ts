/** Ctrl+Enter, or Cmd+Enter, presses a form's main button from any of its fields. */
export function submitOnCtrlEnter(event: KeyboardEvent): void {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  const form = event.currentTarget as HTMLFormElement;
  event.preventDefault();
  form.querySelector<HTMLButtonElement>('button[type="submit"]:not(:disabled)')?.click();
}
