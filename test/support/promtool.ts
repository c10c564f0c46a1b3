import { spawnSync } from 'node:child_process'

/** The checker of Prometheus, which Debian has in its package `prometheus`: its path, from OFFPEAK_TEST_PROMTOOL or the PATH. */
const program = process.env['OFFPEAK_TEST_PROMTOOL'] ?? 'promtool'

/** Where it is missing, what needs it is skipped. */
export const hasPromtool = spawnSync(program, ['--version']).status === 0

/** All that `promtool check metrics` says of a text; nothing where it is fine. */
export function promtoolSays(metrics: string): string {
  const { stdout, stderr, status } = spawnSync(program, ['check', 'metrics'], {
    input: metrics,
    encoding: 'utf8',
  })
  return status === 0 && stdout + stderr === '' ? '' : `${stdout}${stderr}ends with ${status}`
}
