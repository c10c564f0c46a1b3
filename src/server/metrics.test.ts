import { expect, test } from 'vitest'
import { makeMetrics } from './metrics.ts'

test('metrics have base units, help, and names as Prometheus wants them', async () => {
  using metrics = makeMetrics('1.2.3')
  metrics.answered('GET', '/api/v1/runs', 200, 12)
  metrics.figures.spent.inc({ job: 'notes' }, 0.25)
  metrics.figures.runs.inc({ job: 'notes', state: 'running' })
  const text = await metrics.text()
  expect(text).toContain(`offpeak_build_info{version="1.2.3",node="${process.versions.node}"} 1`)
  expect(text).toContain('offpeak_spent_usd_total{job="notes"} 0.25')
  expect(text).toContain('offpeak_live_runs{job="notes",state="running"} 1')
  expect(faultsOf(text)).toEqual([])
  expect([...text.matchAll(/^# TYPE/gm)].length).toBeGreaterThan(9)
})

test('what promtool would say of metrics is found', () => {
  const figures = (lines: string): string =>
    `# HELP a_total Help\n# TYPE a_total counter\na_total 1\n${lines}`
  expect(faultsOf(figures(''))).toEqual([])
  expect(faultsOf(figures('# TYPE b gauge\nb 1\n'))).toEqual(['b: no help'])
  expect(faultsOf(figures('# HELP b Help\n# TYPE b counter\nb 1\n'))).toEqual(['b: a counter ends in _total'])
  expect(faultsOf(figures('# HELP b_total H\n# TYPE b_total gauge\nb_total{quantile="1"} 1\n'))).toEqual([
    'b_total: only a counter ends in _total',
    'b_total: the label quantile',
  ])
  expect(faultsOf(figures('# HELP b_ms_gauge H\n# TYPE b_ms_gauge gauge\nb_ms_gauge{aB="1"} 1\n'))).toEqual([
    'b_ms_gauge: no base unit',
    'b_ms_gauge: its type in its name',
    'b_ms_gauge: the label aB',
  ])
})

/**
 * The rules of `promtool check metrics` (prometheus/client_golang, promlint; https://prometheus.io/docs/practices/naming/), which
 * found nothing in what a server with a finished run answered (promtool 2.42).
 */
function faultsOf(text: string): readonly string[] {
  const faults: string[] = []
  for (const [, name = '', type = ''] of text.matchAll(/^# TYPE (\S+) (\w+)$/gm)) {
    const say = (words: string): void => void faults.push(`${name}: ${words}`)
    if (!new RegExp(`^# HELP ${name} \\S`, 'm').test(text)) say('no help')
    if (type === 'counter' && !name.endsWith('_total')) say('a counter ends in _total')
    if (type !== 'counter' && name.endsWith('_total')) say('only a counter ends in _total')
    if (/_(?:count|sum|bucket)$/.test(name)) say('the end of a histogram')
    if (/[A-Z:]/.test(name)) say('a letter that names do not have')
    if (
      /_(?:s|ms|us|ns|sec|millis\w*|micro\w*|minutes|hours|days|b|kb|mb|gb|kilobytes|megabytes|percent)(?:_|$)/.test(
        name,
      )
    )
      say('no base unit')
    if (/(?:^|_)(?:gauge|counter|histogram|summary)(?:_|$)/.test(name)) say('its type in its name')
    const own = new RegExp(`^${name}(?:_bucket|_sum|_count)?\\{(.*)\\} `, 'gm')
    const labels = [...text.matchAll(own)].flatMap(([, inside = '']) =>
      [...inside.matchAll(/(\w+)="(?:[^"\\]|\\.)*"/g)].map(([, label = '']) => label),
    )
    for (const label of new Set(labels))
      if (/[A-Z]/.test(label) || label === 'quantile' || (label === 'le' && type !== 'histogram'))
        say(`the label ${label}`)
  }
  return faults
}
