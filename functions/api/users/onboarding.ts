/** What `user_metadata` says of a user's first steps: not done unless it says so. */
export function isOnboarded(stored: unknown): boolean {
  return typeof stored === 'object' && stored !== null && 'isOnboarded' in stored && stored.isOnboarded === true;
}
