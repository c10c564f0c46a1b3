import { firstSet, type ProviderDefinition, type Setup } from '../definition.ts'
import { bedrockProvider } from './bedrock.ts'
import { addressIn, type Identity } from './clients.ts'
import { hasOtherIdentity } from './other-identity.ts'

/** Read by the AWS SDK itself, in this order of ours where it knows several. */
const regionNames = ['AWS_REGION', 'AWS_DEFAULT_REGION'] as const
/** For the three that no SDK has a name for. */
const own = {
  roleArn: 'BEDROCK_BATCH_ROLE_ARN',
  bucket: 'BEDROCK_BATCH_BUCKET',
  prefix: 'BEDROCK_BATCH_PREFIX',
} as const
const endpointNames = {
  bedrock: 'AWS_ENDPOINT_URL_BEDROCK',
  runtime: 'AWS_ENDPOINT_URL_BEDROCK_RUNTIME',
  s3: 'AWS_ENDPOINT_URL_S3',
} as const

/** What the emulator has in place of a user's own. */
const emulated = {
  region: 'us-east-1',
  bucket: 'offpeak-emulator',
  roleArn: 'arn:aws:iam::123456789012:role/offpeak',
} as const

/** Amazon Bedrock, by the names that the AWS SDK reads; who signs is found by the SDK where no keys are set. */
export const bedrockDefinition: ProviderDefinition = {
  name: 'bedrock',
  title: 'Amazon Bedrock',
  prices: 'bedrock',
  namesModel: (name) => `bedrock('${name}', { model: '…' })`,
  missing(setup) {
    return [
      ...(regionOf(setup) === null ? [regionNames[0]] : []),
      ...(optionOf(setup, 'roleArn') === null ? [own.roleArn] : []),
      ...(optionOf(setup, 'bucket') === null ? [own.bucket] : []),
      ...(findsIdentity(setup) ? [] : ['AWS_PROFILE']),
    ]
  },
  orElse: { AWS_PROFILE: 'AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY' },
  looksIn: ['the configuration of AWS on this machine', 'the roles of containers and of EC2'],
  packages: ['@aws-sdk/client-bedrock', '@aws-sdk/client-s3'],
  environment: () => ({
    secret: ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'],
    shown: [...regionNames, 'AWS_PROFILE', ...Object.values(own), ...Object.values(endpointNames)],
  }),
  accounts: {
    ...Object.fromEntries(
      ['region', ...Object.keys(own), 'profile'].map((option) => [
        option,
        { value: 'option', option } as const,
      ]),
    ),
    accessKeyIdEnv: { env: 'AWS_ACCESS_KEY_ID', unread: ['AWS_PROFILE', 'AWS_SESSION_TOKEN'] },
    secretAccessKeyEnv: { env: 'AWS_SECRET_ACCESS_KEY' },
    sessionTokenEnv: { env: 'AWS_SESSION_TOKEN' },
  },
  baseUrl(setup) {
    const region = regionOf(setup)
    return setup.env(endpointNames.bedrock) ?? (region === null ? null : addressIn(region, 'bedrock'))
  },
  connect(setup, { emulator, ...access }) {
    const { env } = setup
    const hours = setup.model.options?.['timeoutHours']
    const prefix = optionOf(setup, 'prefix') ?? 'offpeak/'
    return bedrockProvider({
      ...access,
      region: regionOf(setup) ?? emulated.region,
      roleArn: optionOf(setup, 'roleArn') ?? emulated.roleArn,
      bucket: emulator ? emulated.bucket : (optionOf(setup, 'bucket') ?? emulated.bucket),
      prefix: prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`,
      timeoutHours: hours === undefined ? null : Number(hours),
      identity: emulator
        ? { keys: { accessKeyId: emulator.key, secretAccessKey: emulator.key }, profile: null }
        : identityOf(setup),
      endpoints: emulator
        ? { bedrock: `${emulator.url}/bedrock`, s3: `${emulator.url}/bedrock/s3` }
        : { bedrock: env(endpointNames.bedrock), s3: env(endpointNames.s3) },
      runtimeEndpoint: emulator ? `${emulator.url}/bedrock` : env(endpointNames.runtime),
    })
  },
}

function regionOf(setup: Setup): string | null {
  return setup.model.options?.['region'] ?? firstSet(setup, ...regionNames)?.value ?? null
}

/** What the job says of it, else the environment. */
function optionOf({ model, env }: Setup, name: keyof typeof own): string | null {
  return model.options?.[name] ?? env(own[name])
}

/** Without a word to anybody: what nothing on this machine hints at, the SDK does not find either. */
function findsIdentity(setup: Setup): boolean {
  const { keys, profile } = identityOf(setup)
  return keys !== null || profile !== null || hasOtherIdentity(setup.env)
}

/** As in the SDK, a profile that is named goes before keys. */
function identityOf({ model, env }: Setup): Identity {
  const profile = model.options?.['profile'] ?? env('AWS_PROFILE')
  const [accessKeyId, secretAccessKey] = [env('AWS_ACCESS_KEY_ID'), env('AWS_SECRET_ACCESS_KEY')]
  if (profile !== null || accessKeyId === null || secretAccessKey === null) return { keys: null, profile }
  const sessionToken = env('AWS_SESSION_TOKEN')
  return {
    keys: { accessKeyId, secretAccessKey, ...(sessionToken !== null && { sessionToken }) },
    profile: null,
  }
}
