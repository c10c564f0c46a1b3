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
  expect(text).not.toContain('quantile')
  const types = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)]
  expect(types.length).toBeGreaterThan(9)
  for (const [, name = '', type] of types) {
    // https://prometheus.io/docs/practices/naming/, as promtool checks it.
    expect(name.endsWith('_total'), name).toBe(type === 'counter')
    expect(name, 'a base unit').not.toMatch(/_(?:ms|millis|milliseconds|micro_\w+|minutes|kb|mb)(?:_|$)/)
    expect(text, 'it has help').toMatch(new RegExp(`^# HELP ${name} \\S`, 'm'))
  }
})
