/** Words that come with the data, as they are spelt: a procedure's questions have three wordings of their own. */
import type { Words } from '../../contract/procedure/words.ts';
import { useKiosk } from './kiosk-context.ts';

export function useWords(): (words: Words) => string {
  const { settings } = useKiosk();
  return (words) => words[settings.form];
}
