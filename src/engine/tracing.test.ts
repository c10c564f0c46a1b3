import {
  type Attributes,
  type Context,
  createContextKey,
  propagation,
  ROOT_CONTEXT,
  trace,
} from '@opentelemetry/api'
import { afterEach, expect, test } from 'vitest'
import { inSpan } from './tracing.ts'

const parentKey = createContextKey('parent')

afterEach(() => {
  trace.disable()
  propagation.disable()
})

test('without an SDK an act is done as it is, and what it throws is thrown', async () => {
  expect(await inSpan('a', { attributes: {} }, () => Promise.resolve(7))).toBe(7)
  await expect(inSpan('a', { attributes: {} }, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
})

test('a span has its name, what is noted, the trace that headers name, and of a failure its kind alone', async () => {
  const spans: { name: string; parent: unknown; attributes: Attributes; isEnded: boolean }[] = []
  const begin = (name: string, attributes: Attributes, parent: unknown) => {
    const span = { name, parent, attributes: { ...attributes }, isEnded: false }
    spans.push(span)
    const recording = trace.wrapSpanContext({
      traceId: '1'.repeat(32),
      spanId: '1'.repeat(16),
      traceFlags: 1,
    })
    recording.setAttributes = (more) => (Object.assign(span.attributes, more), recording)
    recording.setAttribute = (key, value) => ((span.attributes[key] = value), recording)
    recording.end = () => void (span.isEnded = true)
    return recording
  }
  const tracer = {
    startSpan: (name: string) => begin(name, {}, null),
    // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- as the interface has it
    startActiveSpan: <T>(name: string, ...rest: readonly unknown[]): T => {
      const [options, parent, act] = rest
      const run: unknown = act
      if (typeof run !== 'function') throw new Error('it is called with options and a context')
      const attributes: Attributes = Reflect.get(Object(options), 'attributes')
      const acted: T = run(
        begin(name, attributes, Reflect.get(Object(parent), 'getValue').call(parent, parentKey)),
      )
      return acted
    },
  }
  trace.setGlobalTracerProvider({ getTracer: () => tracer })
  propagation.setGlobalPropagator({
    inject: () => undefined,
    fields: () => ['traceparent'],
    extract: (_context: Context, carrier: unknown) =>
      ROOT_CONTEXT.setValue(parentKey, Reflect.get(Object(carrier), 'traceparent')),
  })
  await inSpan('HTTP GET', { attributes: { a: 1 }, headers: { traceparent: '00-12-34-01' } }, (note) => {
    note({ 'http.route': '/x' })
    return Promise.resolve()
  })
  const failing = inSpan('advance', { attributes: {} }, () => Promise.reject(new TypeError('a secret')))
  await expect(failing).rejects.toThrow('a secret')
  expect(spans).toEqual([
    { name: 'HTTP GET', parent: '00-12-34-01', attributes: { a: 1, 'http.route': '/x' }, isEnded: true },
    { name: 'advance', parent: undefined, attributes: { 'error.type': 'TypeError' }, isEnded: true },
  ])
})
