! Morris-Lecar for AUTO-07p, equations of the library: mV, ms, uA/cm^2. PAR(1) is I_app; PAR(2) to PAR(5) are g_Ca, V_3, V_4, phi, read from the file parameters.
subroutine func(ndim, u, icp, par, ijac, f, dfdu, dfdp)
  implicit none
  integer, intent(in) :: ndim, icp(*), ijac
  double precision, intent(in) :: u(ndim), par(*)
  double precision, intent(out) :: f(ndim)
  double precision, intent(inout) :: dfdu(ndim, ndim), dfdp(ndim, *)
  double precision :: v, w, m_inf, w_inf
  v = u(1); w = u(2)
  m_inf = (1d0 + tanh((v + 1.2d0)/18d0))/2d0
  w_inf = (1d0 + tanh((v - par(3))/par(4)))/2d0
  f(1) = (par(1) - par(2)*m_inf*(v - 120d0) - 8d0*w*(v + 84d0) - 2d0*(v + 60d0))/20d0
  f(2) = par(5)*(w_inf - w)*cosh((v - par(3))/(2d0*par(4)))
end subroutine

subroutine stpnt(ndim, u, par, t)
  implicit none
  integer, intent(in) :: ndim
  double precision, intent(inout) :: u(ndim), par(*)
  double precision, intent(in) :: t
  double precision :: low, high, f(2), none(1)
  integer :: i, icp(1)
  open(99, file='parameters')
  read(99, *) par(2:5)
  close(99)
  par(1) = 0d0
  ! The rest without a current, by bisection.
  low = -80d0
  high = -50d0
  do i = 1, 60
    u(1) = (low + high)/2d0
    u(2) = (1d0 + tanh((u(1) - par(3))/par(4)))/2d0
    call func(2, u, icp, par, 0, f, none, none)
    if (f(1) > 0d0) then
      low = u(1)
    else
      high = u(1)
    end if
  end do
end subroutine

subroutine bcnd
end subroutine
subroutine icnd
end subroutine
subroutine fopt
end subroutine
subroutine pvls
end subroutine
