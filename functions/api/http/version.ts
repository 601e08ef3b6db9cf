/** The version of the Immich contract; clients adapt their requests to it. */
export const contractVersion = { major: 3, minor: 2, patch: 2, prerelease: null } as const;

/** Darkroom's own version. */
export const darkroomVersion = '0.2.0';
