import { route, type Operations } from '../route.ts';
import { changePassword } from './changePassword.ts';
import { changePinCode } from './changePinCode.ts';
import { getAuthStatus } from './getAuthStatus.ts';
import { lockAuthSession } from './lockAuthSession.ts';
import { login } from './login.ts';
import { logout } from './logout.ts';
import { resetPinCode } from './resetPinCode.ts';
import {
  changePasswordBody,
  changePinCodeBody,
  loginBody,
  resetPinCodeBody,
  setupPinCodeBody,
  signUpBody,
  unlockSessionBody,
} from './schemas.ts';
import { setupPinCode } from './setupPinCode.ts';
import { signUpAdmin } from './signUpAdmin.ts';
import { unlockAuthSession } from './unlockAuthSession.ts';
import { validateAccessToken } from './validateAccessToken.ts';

export const authRoutes = {
  signUpAdmin: route({ method: 'POST', path: '/auth/admin-sign-up', auth: 'public', status: 201, body: signUpBody, handler: signUpAdmin }),
  changePassword: route({ method: 'POST', path: '/auth/change-password', auth: 'user', permission: 'auth.changePassword', status: 200, body: changePasswordBody, handler: changePassword }),
  login: route({ method: 'POST', path: '/auth/login', auth: 'public', status: 201, body: loginBody, handler: login }),
  logout: route({ method: 'POST', path: '/auth/logout', auth: 'user', status: 200, handler: logout }),
  resetPinCode: route({ method: 'DELETE', path: '/auth/pin-code', auth: 'user', permission: 'pinCode.delete', status: 204, body: resetPinCodeBody, handler: resetPinCode }),
  setupPinCode: route({ method: 'POST', path: '/auth/pin-code', auth: 'user', permission: 'pinCode.create', status: 204, body: setupPinCodeBody, handler: setupPinCode }),
  changePinCode: route({ method: 'PUT', path: '/auth/pin-code', auth: 'user', permission: 'pinCode.update', status: 204, body: changePinCodeBody, handler: changePinCode }),
  lockAuthSession: route({ method: 'POST', path: '/auth/session/lock', auth: 'user', status: 204, handler: lockAuthSession }),
  unlockAuthSession: route({ method: 'POST', path: '/auth/session/unlock', auth: 'user', status: 204, body: unlockSessionBody, handler: unlockAuthSession }),
  getAuthStatus: route({ method: 'GET', path: '/auth/status', auth: 'user', status: 200, handler: getAuthStatus }),
  validateAccessToken: route({ method: 'POST', path: '/auth/validateToken', auth: 'user', anyScope: true, status: 200, handler: validateAccessToken }),
} satisfies Partial<Operations>; // prettier-ignore
