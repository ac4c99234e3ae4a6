/** What every tier of the simulation ends with. */
export interface TierResult {
  readonly passed: number;
  readonly failed: number;
}
