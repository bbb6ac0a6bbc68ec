import type { DeviceChoice } from "./types.js";

/** As much of WebGPU as is asked here; TypeScript's own libraries have none yet. */
interface Gpu {
  requestAdapter(options?: { powerPreference: "high-performance" }): Promise<Adapter | null>;
}

interface Adapter {
  readonly info?: {
    readonly vendor?: string;
    readonly architecture?: string;
    readonly description?: string;
    readonly isFallbackAdapter?: boolean;
  };
  readonly isFallbackAdapter?: boolean;
}

/**
 * Why the GPU is not even tried, if there is a reason. Asked before the core, which would have to
 * load its weights to find out. A GPU that is emulated on the CPU is tried only when it is asked for
 * by name.
 */
export async function whyNoGpu(choice: DeviceChoice): Promise<string | undefined> {
  if (choice === "flex") return undefined;
  const { gpu } = (globalThis.navigator ?? {}) as { gpu?: Gpu };
  if (gpu === undefined) return "WebGPU is not available here; the CPU is used";
  let adapter: Adapter | null;
  try {
    adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  } catch (error) {
    return `WebGPU gave no adapter (${String(error)}); the CPU is used`;
  }
  if (adapter === null) return "WebGPU has no adapter here; the CPU is used";
  if (choice === "auto" && isSoftware(adapter)) {
    return "the only WebGPU adapter is emulated in software; the CPU is used";
  }
  return undefined;
}

function isSoftware({ info, isFallbackAdapter }: Adapter): boolean {
  const words = `${info?.vendor} ${info?.architecture} ${info?.description}`.toLowerCase();
  const known = /swiftshader|llvmpipe|lavapipe|basic render/.test(words);
  return known || isFallbackAdapter === true || info?.isFallbackAdapter === true;
}
