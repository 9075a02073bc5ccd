/** The day of a firmware's release, in the many ways that makers write it: "07/20/2020", "01/05/11", "Dec  4 2020". */

/** SMBIOS is from 1995. Two digits below this are of the next century. */
const firstYear = 90;

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** The day as YYYY-MM-DD; undefined when no day is told, or none that there is. */
export function firmwareDay(text: string): string | undefined {
  const date = text.trim().toLowerCase();
  const [year, month, day] = yearFirst(date) ?? yearLast(date) ?? named(date) ?? [];
  return year === undefined || month === undefined || day === undefined ? undefined : dayOf(year, month, day);
}

type Parts = readonly [year: number, month: number, day: number];

/** "2021-04-20", "2021/4/20", "20210420". */
function yearFirst(date: string): Parts | undefined {
  const [, year, month, day] =
    /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\b/.exec(date) ?? /^((?:19|20)\d\d)(\d\d)(\d\d)$/.exec(date) ?? [];
  return year === undefined ? undefined : [Number(year), Number(month), Number(day)];
}

/** "004/21/2021", "04.20.2021", "01/05/11": the month first, as DSP0134 has it, unless it can only be the day. */
function yearLast(date: string): Parts | undefined {
  const [, first, second, year] = /^(\d{1,3})[-/.](\d{1,3})[-/.](\d{4}|\d{2})(?!\d)/.exec(date) ?? [];
  if (year === undefined) return undefined;
  const [month, day] = [Number(first), Number(second)];
  return month > 12 ? [fullYear(year), day, month] : [fullYear(year), month, day];
}

/** "Dec  4 2020", "Fri Dec 4 2020", "4 Dec 2020", "04-Dec-20". */
function named(date: string): Parts | undefined {
  const words = date.split(/[\s,/-]+/).filter((word) => word !== "");
  const at = words.findIndex((word) => months.includes(word.slice(0, 3)));
  if (at === -1) return undefined;
  const numbers = words.filter((word) => /^\d{1,4}$/.test(word));
  const [day, year] = numbers;
  if (day === undefined || year === undefined || day.length > 2 || year.length % 2 === 1) return undefined;
  return [fullYear(year), months.indexOf((words[at] ?? "").slice(0, 3)) + 1, Number(day)];
}

function fullYear(year: string): number {
  const number = Number(year);
  if (year.length > 2) return number;
  return number < firstYear ? 2000 + number : 1900 + number;
}

function dayOf(...[year, month, day]: Parts): string | undefined {
  if (year < 1900 + firstYear || year >= 2100) return undefined;
  const at = new Date(Date.UTC(year, month - 1, day));
  const isThere = at.getUTCMonth() === month - 1 && at.getUTCDate() === day;
  return isThere ? at.toISOString().slice(0, 10) : undefined;
}
