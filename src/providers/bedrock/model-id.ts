/**
 * The Claude model behind a model id of Bedrock, in Anthropic's spelling: `us.anthropic.claude-haiku-4-5-20251001-v1:0`, an
 * inference profile or its ARN are `claude-haiku-4-5-20251001`; null for models of others and for names that do not tell,
 * as an application inference profile (AWS document, Bedrock, Supported foundation models).
 */
export function claudeOf(modelId: string): string | null {
  const [, name] = /(?:^|[./])anthropic\.(claude-[\w.-]+?)(?:-v\d+(?::\d+)*(?:k)?)?$/.exec(modelId) ?? []
  return name ?? null
}

/** Whether a name may be that of a Claude model: it says so, or is an ARN that leads to whatever its owner has chosen. */
export function mayBeClaude(modelId: string): boolean {
  return (
    claudeOf(modelId) !== null || /^arn:.*(?:application-inference-profile|provisioned-model)\//.test(modelId)
  )
}
