import type { BedrockClient } from '@aws-sdk/client-bedrock'
import type { S3Client } from '@aws-sdk/client-s3'
import { importPeer } from '../../engine/peer.ts'
import type { PeerModules } from '../../engine/peer-loaders.ts'
import type { Access } from '../http/access.ts'
import { openAgents } from '../http/agents.ts'
import { ClockSkew } from '../http/clock-skew.ts'
import { asFields, asText } from '../replies/fields.ts'
import { type Origin, parseOrigin } from '../http/origin.ts'
import { proxyFor } from '../http/proxy.ts'
import { callTimeouts, defaultTimeouts } from '../http/timeouts.ts'

/** Identity that signs calls: given keys, else what the SDK's own chain finds, by a profile where one is named. */
export interface Identity {
  readonly keys: {
    readonly accessKeyId: string
    readonly secretAccessKey: string
    readonly sessionToken?: string
  } | null
  readonly profile: string | null
}

export interface ClientOptions extends Access {
  readonly region: string
  readonly identity: Identity
  /** Where the service is called in place of its usual address; null: there. */
  readonly endpoints: { readonly bedrock: string | null; readonly s3: string | null }
}

/** The clients of the AWS SDK with the modules that they come from; each is loaded when it is first asked for. */
export interface AwsClients {
  readonly skew: ClockSkew
  isSimulated(): boolean | null
  bedrock(): Promise<{
    readonly client: BedrockClient
    readonly sdk: PeerModules['@aws-sdk/client-bedrock']
  }>
  s3(): Promise<{ readonly client: S3Client; readonly sdk: PeerModules['@aws-sdk/client-s3'] }>
}

const why = 'batch inference of Amazon Bedrock goes through it'

/**
 * Clients of AWS that open nothing and read no credentials before the first call. The environment of the process is
 * read by the SDK's chain alone, and only for what the project's own does not name. The methods throw E_PEER_MISSING.
 */
export function awsClients(options: ClientOptions): AwsClients {
  const { region, identity, endpoints } = options
  const skew = new ClockSkew()
  const { now = Date.now } = options
  let simulated: boolean | null = null
  const watch =
    <Args, Result extends { readonly response: unknown }>(next: (args: Args) => Promise<Result>) =>
    async (args: Args): Promise<Result> => {
      const sentMs = now()
      const result = await next(args)
      const headers = asFields(asFields(result.response)?.['headers'])
      skew.note(asText(headers?.['date']) ?? undefined, sentMs, now())
      if (headers?.['offpeak-emulator'] !== undefined) simulated = true
      else simulated ??= false
      return result
    }
  const common = {
    region,
    // What to repeat is the engine's to decide.
    maxAttempts: 1,
    ...(identity.keys !== null && { credentials: identity.keys }),
    ...(identity.profile !== null && { profile: identity.profile }),
  }
  return {
    skew,
    isSimulated: () => simulated,
    bedrock: once(async () => {
      const sdk = await importPeer('@aws-sdk/client-bedrock', why)
      const client = new sdk.BedrockClient({
        ...common,
        authSchemePreference: ['sigv4'],
        requestHandler: handlerOf(options, endpoints.bedrock ?? addressIn(region, 'bedrock')),
        ...(endpoints.bedrock !== null && { endpoint: endpoints.bedrock }),
      })
      client.middlewareStack.add(watch, { step: 'deserialize', name: 'offpeakWatch' })
      return { client, sdk }
    }),
    s3: once(async () => {
      const sdk = await importPeer('@aws-sdk/client-s3', why)
      const client = new sdk.S3Client({
        ...common,
        requestHandler: handlerOf(options, endpoints.s3 ?? addressIn(region, 's3')),
        ...(endpoints.s3 !== null && { endpoint: endpoints.s3, forcePathStyle: true }),
      })
      client.middlewareStack.add(watch, { step: 'deserialize', name: 'offpeakWatch' })
      return { client, sdk }
    }),
  }
}

/** AWS document, Service endpoints; China has a domain of its own. */
export function addressIn(region: string, service: string): string {
  return `https://${service}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`
}

/** The way out of this network, as every other service is reached. */
function handlerOf(options: ClientOptions, address: string): object {
  const origin = originOf(options, address)
  const { proxies = null, extraCa = null } = options
  // Objects are sent along it, for which a socket may seem to stand still.
  const { connectMs, stallMs } = callTimeouts('upload', { ...defaultTimeouts, ...options.timeouts })
  const proxy = proxies && proxyFor(origin, proxies)
  const { kept } = openAgents({ origin, proxy, extraCa, connectMs })
  return {
    ...(origin.secure ? { httpsAgent: kept } : { httpAgent: kept }),
    connectionTimeout: connectMs,
    socketTimeout: stallMs,
  }
}

export function originOf({ insecureHttp }: Access, address: string): Origin {
  return parseOrigin(address, {
    allowed: insecureHttp === true,
    setting: 'providers: { bedrock: { insecureHttp: true } } in offpeak.config.ts',
  })
}

function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | null = null
  return () => (made ??= make())
}
