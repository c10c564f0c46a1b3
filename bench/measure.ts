import { z } from 'zod'

const measurement = z.object({
  /** From the start of the process, imports and connecting included. */
  wallMs: z.number(),
  /** User and system time of the process, its threads included. */
  cpuMs: z.number(),
  peakBytes: z.number(),
  rows: z.number(),
  /** Bytes of request files or answers that went through. */
  bytes: z.number(),
  /** Parts of the whole, in milliseconds, and other facts. */
  facts: z.record(z.string(), z.union([z.string(), z.number()])),
})

/** What one measured process says about itself, as the last line it prints. */
export type Measurement = Readonly<z.infer<typeof measurement>>

export function readMeasurement(text: string): Measurement {
  return measurement.parse(JSON.parse(text))
}

/** Prints the measurement of this process so far. */
export function report(
  done: Pick<Measurement, 'rows' | 'bytes'> & { readonly facts?: Measurement['facts'] },
): void {
  const { user, system } = process.cpuUsage()
  const measured: Measurement = {
    wallMs: performance.now(),
    cpuMs: (user + system) / 1000,
    peakBytes: process.resourceUsage().maxRSS * 1024,
    rows: done.rows,
    bytes: done.bytes,
    facts: done.facts ?? {},
  }
  console.log(JSON.stringify(measured))
}
