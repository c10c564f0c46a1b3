import { loadavg } from 'node:os'
import { z } from 'zod'
import { type Figure, figureOf, type How } from '../figure.ts'
import { printed, run } from '../run.ts'

const found = z.object({
  measured: z.array(
    z.object({
      name: z.string(),
      perSecond: z.number(),
      p99Ms: z.number(),
      failed: z.number(),
      target: z.object({ perSecond: z.number(), p99Ms: z.number() }).nullable(),
    }),
  ),
  memory: z.object({ startBytes: z.number(), longBytes: z.number(), streamBytes: z.number() }),
  live: z.object({ streams: z.number(), heard: z.number(), wanted: z.number(), p99Ms: z.number() }),
})

/** What the server holds while this machine does nothing else; how busy it was besides is printed. */
export async function serverLoad({ size }: How): Promise<readonly Figure[]> {
  const args = size === 'full' ? [] : ['--seconds', '3', '--records', '5000', '--runs', '60']
  const ran = await run(['bench/server.ts', ...args, '--json'])
  const { measured, memory, live } = printed(ran, found)
  const seconds = size === 'full' ? 10 : 3
  const busy = `${seconds} s, load of the machine ${(loadavg()[1] ?? 0).toFixed(1)}`
  const paths = measured.flatMap(({ name, perSecond, p99Ms, failed, target }) =>
    target === null
      ? []
      : [
          figureOf({
            row: 28,
            figure: `answers of the server: ${name}`,
            target: `≥ ${target.perSecond}/s, p99 ≤ ${target.p99Ms} ms, none failed`,
            measured: `${Math.round(perSecond)}/s, p99 ${p99Ms} ms, ${failed} failed; ${busy}`,
            isGood: perSecond >= target.perSecond && p99Ms <= target.p99Ms && failed === 0,
          }),
        ],
  )
  const megabytes = (bytes: number): number => Math.round(bytes / 1e6)
  const extra = megabytes(memory.streamBytes - memory.longBytes)
  return [
    ...paths,
    figureOf({
      row: 28,
      figure: 'memory of the server under load',
      target: '≤ 250 MB',
      measured: `${megabytes(memory.longBytes)} MB`,
      isGood: megabytes(memory.longBytes) <= 250,
    }),
    figureOf({
      row: 28,
      figure: `${live.streams} live streams: messages heard, how late, and what they take`,
      target: 'all, p99 ≤ 1 s, ≤ 150 MB more',
      measured: `${live.heard} of ${live.wanted}, p99 ${Math.round(live.p99Ms)} ms, ${extra} MB more`,
      isGood: live.heard === live.wanted && live.p99Ms <= 1_000 && extra <= 150,
    }),
  ]
}
