import { parseArgs } from 'node:util'
import { startEmulator } from './index.ts'
import type { EmulatorOptions } from './core/options.ts'

/** Runs the emulator as a process of its own: prints `{"url":…}` once it listens, stops on SIGTERM or SIGINT. */
async function main(args: readonly string[]): Promise<void> {
  const emulator = await startEmulator(readArguments(args))
  const stop = (): void => {
    emulator.close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error)
        process.exit(1)
      },
    )
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  console.log(JSON.stringify({ url: emulator.url }))
}

function readArguments(args: readonly string[]): EmulatorOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string' },
      host: { type: 'string' },
      'data-dir': { type: 'string' },
      speed: { type: 'string' },
      seed: { type: 'string' },
      'fail-rate': { type: 'string' },
      'enqueued-limit': { type: 'string' },
      'latency-ms': { type: 'string' },
      'list-lag-ms': { type: 'string' },
      'files-pending-ms': { type: 'string' },
      'api-key': { type: 'string', multiple: true },
      scenario: { type: 'string', multiple: true },
      deployment: { type: 'string', multiple: true },
    },
  })
  const number = (name: string, text: string | undefined): number | undefined => {
    if (text === undefined) return undefined
    const value = Number(text)
    if (text.trim() === '' || Number.isNaN(value))
      throw new Error(`--${name} must be a number, got '${text}'.`)
    return value
  }
  return {
    port: number('port', values.port),
    host: values.host,
    dataDir: values['data-dir'],
    speed: number('speed', values.speed),
    seed: number('seed', values.seed),
    failRate: number('fail-rate', values['fail-rate']),
    enqueuedTokenLimit: number('enqueued-limit', values['enqueued-limit']),
    latencyMs: number('latency-ms', values['latency-ms']),
    listLagMs: number('list-lag-ms', values['list-lag-ms']),
    filesPendingMs: number('files-pending-ms', values['files-pending-ms']),
    apiKeys: values['api-key'],
    scenarios: values.scenario,
    deployments: Object.fromEntries((values.deployment ?? []).map((pair) => pair.split('='))),
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exit(2)
})
