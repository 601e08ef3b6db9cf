/** The onboarding state in `user_metadata`; false if it is missing or invalid. */
export function isOnboarded(stored: unknown): boolean {
  return typeof stored === 'object' && stored !== null && 'isOnboarded' in stored && stored.isOnboarded === true;
}
