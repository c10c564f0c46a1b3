import { z } from '@hono/zod-openapi'

/** A list that nobody changes. */
export function list<Item extends z.ZodType>(item: Item): z.ZodReadonly<z.ZodArray<Item>> {
  return z.array(item).readonly()
}

/** A thing that has a name in the document, or null: there, the named thing itself is never null. */
export function orNull<Item extends z.ZodType>(item: Item): z.ZodUnion<readonly [Item, z.ZodNull]> {
  return z.union([item, z.null()])
}

/** One page of a list in a stable order; `nextCursor` is null at the end. */
export function page<Item extends z.ZodType>(
  item: Item,
): z.ZodObject<{
  items: z.ZodReadonly<z.ZodArray<Item>>
  nextCursor: z.ZodNullable<z.ZodString>
}> {
  return z.object({ items: list(item), nextCursor: z.string().nullable() })
}

/** As many entries as one page may have. */
export const maxPage = 500

/** How a page is asked for. */
export const pageQuery = {
  cursor: z.string().max(200).optional().openapi({ description: 'the `nextCursor` of the page before' }),
  limit: z.coerce.number().int().min(1).max(maxPage).default(50),
}

/** Milliseconds since the epoch. */
export const timeMs = z.number().int().openapi({ description: 'milliseconds since the epoch' })

/** Millionths of a dollar. */
export const microUsd = z.number().int().openapi({ description: 'millionths of a dollar' })

/** An amount of dollars as people write it. */
export const usdText = z.string().max(20).openapi({ description: 'an amount of dollars', example: '$90' })
