import type { AnswerForm } from '../../../core/answers/answer-form.ts'
import { type Json, type JsonObject, isArray, isObject, textIn } from '../../../core/json.ts'

/** The form that a request wants for its answer: text, JSON, or JSON of a schema of either kind. */
export function answerForm(body: JsonObject): AnswerForm {
  const config = configOf(body)
  if (config['responseMimeType'] !== 'application/json') return { kind: 'text' }
  const { responseJsonSchema, responseSchema } = config
  if (isObject(responseJsonSchema)) return { kind: 'schema', schema: responseJsonSchema }
  if (isObject(responseSchema)) return { kind: 'schema', schema: jsonSchemaOf(responseSchema) }
  return { kind: 'json' }
}

export function configOf(body: JsonObject): JsonObject {
  const config = body['generationConfig']
  return isObject(config) ? config : {}
}

/** A function that the request insists on, and the form of its arguments. */
export interface ForcedCall {
  readonly name: string
  readonly form: AnswerForm
}

export function forcedCall(body: JsonObject): ForcedCall | null {
  const toolConfig = body['toolConfig']
  const calling = isObject(toolConfig) ? toolConfig['functionCallingConfig'] : undefined
  if (!isObject(calling) || calling['mode'] !== 'ANY') return null
  const allowed = isArray(calling['allowedFunctionNames']) ? calling['allowedFunctionNames'] : []
  const declared = (isArray(body['tools']) ? body['tools'] : [])
    .flatMap((tool): readonly Json[] => {
      const functions = isObject(tool) ? tool['functionDeclarations'] : undefined
      return isArray(functions) ? functions : []
    })
    .filter((item) => isObject(item))
  const chosen = declared.find((item) => allowed.length === 0 || allowed.includes(textIn(item, 'name')))
  if (!chosen) return null
  const { parameters, parametersJsonSchema } = chosen
  const schema = isObject(parametersJsonSchema)
    ? parametersJsonSchema
    : isObject(parameters)
      ? jsonSchemaOf(parameters)
      : { type: 'object' }
  return { name: textIn(chosen, 'name'), form: { kind: 'schema', schema } }
}

/** The service's own schema, a part of OpenAPI 3.0, as JSON Schema: types in capitals, `nullable`, numbers as texts. */
function jsonSchemaOf(schema: JsonObject): JsonObject {
  const { type, nullable, properties, items, anyOf, propertyOrdering: _order, ...rest } = schema
  const plain = typeof type === 'string' ? type.toLowerCase() : undefined
  return {
    ...Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, countOf(key, value)])),
    ...(plain === undefined ? {} : { type: nullable === true ? [plain, 'null'] : plain }),
    ...(isObject(properties)
      ? {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, item]) => [
              name,
              isObject(item) ? jsonSchemaOf(item) : {},
            ]),
          ),
        }
      : {}),
    ...(isObject(items) ? { items: jsonSchemaOf(items) } : {}),
    ...(isArray(anyOf) ? { anyOf: anyOf.map((item) => (isObject(item) ? jsonSchemaOf(item) : {})) } : {}),
  }
}

/** 64-bit numbers are texts in the JSON form of protocol buffers. */
function countOf(key: string, value: Json | undefined): Json | undefined {
  return /^(?:min|max)(?:Items|Length|Properties)$/.test(key) && typeof value === 'string'
    ? Number(value)
    : value
}
