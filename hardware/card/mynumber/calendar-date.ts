/** Dates as they stand on the card: days of the Gregorian calendar without a time of day. Pure. */

/** True for `YYYY-MM-DD` of a day that was or will be. */
export function isDate(text: string): boolean {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : undefined;
  return day !== undefined && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}
