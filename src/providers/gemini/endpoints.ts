/** Methods of a model, as they stand behind the colon of a path (Gemini API reference). */
export const generateEndpoint = 'generateContent'
export const embedEndpoint = 'embedContent'

/** The call that makes a batch of such requests. */
export function batchVerb(endpoint: string): string {
  return endpoint === embedEndpoint ? 'asyncBatchEmbedContent' : 'batchGenerateContent'
}
