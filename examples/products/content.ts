import { z } from 'zod'

export const locales = ['en-US', 'en-GB', 'es-ES', 'fr-FR', 'de-DE', 'it-IT', 'pt-PT'] as const
export type Locale = (typeof locales)[number]

const text = z.string().min(10)
const list = z.array(z.string()).min(1)

/** What is said about a product to the readers of one locale. */
const sections = z
  .object({
    basic_info: z.object({
      overview: text,
      key_features: list,
      skill_level: z.enum(['beginner', 'intermediate', 'advanced', 'professional']),
      country_of_origin: z.string().optional(),
    }),
    technical_analysis: z.object({
      sound: text,
      build: text,
      specs: z.record(z.string(), z.string()).describe('The specs by name, in the language of the locale'),
    }),
    purchase_decision: z.object({ why_buy: list, why_not: list, alternatives: list.optional() }),
    usage_guidance: z.object({ recommended_for: list, genres: list, first_steps: text }),
    maintenance_care: z.object({ routine: text, lifespan_years: z.number().int().min(1).optional() }),
    professional_assessment: z.object({ verdict: text, rating: z.number().int().min(1).max(10) }),
  })
  .meta({ id: 'Sections' })

const reviews = z
  .object({ summary: text, praised: list, criticised: list })
  .meta({ id: 'Reviews' })
  .describe('What players tend to say about products of this kind')

const questions = z.array(z.object({ question: z.string(), answer: text }).meta({ id: 'Question' })).min(1)

/** The answer about one product for one locale. */
export const localeContent = z.object({
  locale: z.enum(locales),
  ...sections.shape,
  customer_reviews: reviews,
  qa: questions,
})
export type LocaleContent = z.output<typeof localeContent>

const link = z.object({ product_url: z.url().nullable(), ref_id: z.string().nullable() })
const image = z.object({
  source: z.string().nullable(),
  page_url: z.url().nullable(),
  image_url: z.url().nullable(),
})

/** Everything about one product, each part of it a column of the table. */
export const productContent = z.object({
  product_input: z.object({
    name: z.string(),
    slug: z.string(),
    brand: z.string().nullable(),
    category: z.string(),
    description: z.string().nullable(),
    msrp_price: z.number().nullable(),
    url_source: z.string().nullable(),
    image_uri: z.string().nullable(),
    specs: z.record(z.string(), z.string()),
    store_links: z.record(z.string(), link),
  }),
  images: z.object({ front_view: image, back_view: image, official_image: image }),
  ai_generated_content: z.record(z.enum(locales), sections),
  customer_reviews: z.record(z.enum(locales), reviews),
  content_metadata: z.object({ keywords: list, tone: z.string().optional() }),
  qa: z.record(z.enum(locales), questions),
})
export type ProductContent = z.output<typeof productContent>
