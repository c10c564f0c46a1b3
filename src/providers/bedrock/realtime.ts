import type { Realtime } from '../../ports/provider/realtime.ts'
import { classifyMessage } from '../anthropic/complete.ts'
import type { Http } from '../http/http.ts'
import type { Origin } from '../http/origin.ts'
import { segment } from '../replies/segment.ts'
import type { AwsClients } from './clients.ts'
import { outputLine } from './lines.ts'
import { unsigned } from './reply.ts'

/**
 * InvokeModel (AWS document, Bedrock Runtime API reference): one call that the SDK's own signer signs, so that no third
 * client is needed.
 */
export function bedrockRealtime(
  http: Http,
  origin: Origin,
  { bedrock }: Pick<AwsClients, 'bedrock'>,
): Realtime {
  const signed = async (path: string, body: string): Promise<Readonly<Record<string, string>>> => {
    const { client } = await bedrock()
    const signer = await client.config.signer()
    const { headers } = await signer.sign({
      method: 'POST',
      protocol: origin.secure ? 'https:' : 'http:',
      hostname: origin.hostname,
      path: `${origin.basePath}${path}`,
      query: {},
      headers: { host: origin.host, 'content-type': 'application/json' },
      body,
    })
    const { host: _host, ...rest } = headers
    return rest
  }

  return {
    async complete({ body, model }, signal) {
      const path = `/model/${segment(model)}/invoke`
      let headers: Readonly<Record<string, string>>
      try {
        headers = await signed(path, body)
      } catch (thrown) {
        return unsigned(thrown)
      }
      const exchange = await http.json({
        method: 'POST',
        path,
        text: body,
        headers,
        kind: 'completion',
        alone: true,
        signal,
      })
      return classifyMessage(exchange)
    },
    outputLine,
  }
}
