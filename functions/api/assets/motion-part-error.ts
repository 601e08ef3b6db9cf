import type { MotionPartFault } from '#shared/assets/live-photo.ts';
import { DarkroomError } from '#shared/errors/errors.ts';

const texts: Record<MotionPartFault, string> = {
  'not-found': 'Live photo video not found',
  'not-a-video': 'Live photo video must be a video',
  'not-owned': 'Live photo video does not belong to the user',
};

/** Why an upload or an edit that names a moving part is refused, in the words that clients know. */
export const motionPartError = (fault: MotionPartFault) => new DarkroomError('input/invalid', texts[fault]);
