/** Long work on the page's own thread, in pieces: the page is drawn and answers between them. */

/** Milliseconds after which others get their turn. */
const SLICE = 12;

/** Lets others in when this has worked for long enough. */
export class Pause {
  private since = performance.now();

  /** Whether it is time to wait for {@link turn}: asking costs little, waiting for nothing does not. */
  get due(): boolean {
    return performance.now() - this.since > SLICE;
  }

  async turn(): Promise<void> {
    await new Promise<void>((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(null);
    });
    this.since = performance.now();
  }
}
