/** Lists of the API, page by page. */
import { z } from "zod";
import type { Api, Call } from "./client.ts";
import type { ListPart } from "./lists.ts";

export interface Asked<Item> extends Required<Pick<Call<Item>, "path" | "query">> {
  readonly item: z.ZodType<Item>;
}

const largestPage = 1_000;

/** Pages of a list until `limit` items are read or there are no more. */
export async function* pagesOf<Item>(
  api: Api,
  { path, query, item }: Asked<Item>,
  limit: number,
): AsyncGenerator<ListPart<Item>> {
  const answer = z.object({
    items: z.array(item),
    next: z.string().nullable(),
    total: z.int().optional(),
  });
  let cursor: string | undefined;
  let left = limit;
  do {
    const page: z.infer<typeof answer> = await api({
      method: "GET",
      path,
      query: { ...query, limit: Math.min(left, largestPage), cursor },
      answer,
    });
    cursor = page.next ?? undefined;
    left -= page.items.length;
    yield { items: page.items, total: page.total, isLast: cursor === undefined };
  } while (cursor !== undefined && left > 0);
}
