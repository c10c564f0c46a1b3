import type { Attributes } from '@opentelemetry/api'

/** Whoever has an SDK has this package too; without it there is nobody to tell. */
const loading = import('@opentelemetry/api').catch(() => null)

export interface SpanOptions {
  readonly attributes: Attributes
  /** The headers of a request that is answered, which may name the trace that it belongs to (`traceparent`). */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>
}

/**
 * The result of an action inside a span of OpenTelemetry, as a part of the trace that is under way or that the headers
 * name. Without an SDK in the process nothing is recorded, and it costs next to nothing. What throws is noted, by its
 * kind and not its words.
 */
export async function inSpan<T>(
  name: string,
  { attributes, headers }: SpanOptions,
  act: (note: (attributes: Attributes) => void) => Promise<T>,
): Promise<T> {
  const api = await loading
  if (api === null) return await act(() => undefined)
  const { context, propagation, SpanKind, SpanStatusCode, trace } = api
  const parent = headers === undefined ? context.active() : propagation.extract(context.active(), headers)
  const kind = headers === undefined ? SpanKind.INTERNAL : SpanKind.SERVER
  return await trace
    .getTracer('offpeak')
    .startActiveSpan(name, { kind, attributes }, parent, async (span) => {
      try {
        return await act((more) => void span.setAttributes(more))
      } catch (thrown) {
        span.setStatus({ code: SpanStatusCode.ERROR })
        span.setAttribute('error.type', thrown instanceof Error ? thrown.name : typeof thrown)
        throw thrown
      } finally {
        span.end()
      }
    })
}
