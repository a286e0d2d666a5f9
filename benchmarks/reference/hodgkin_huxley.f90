! Hodgkin-Huxley 1952 for AUTO-07p, equations and parameters of the library: mV, ms, uA/cm^2. PAR(1) is I_app.
subroutine func(ndim, u, icp, par, ijac, f, dfdu, dfdp)
  implicit none
  integer, intent(in) :: ndim, icp(*), ijac
  double precision, intent(in) :: u(ndim), par(*)
  double precision, intent(out) :: f(ndim)
  double precision, intent(inout) :: dfdu(ndim, ndim), dfdp(ndim, *)
  double precision :: v, m, h, n, an, bn, am, bm, ah, bh
  v = u(1); m = u(2); h = u(3); n = u(4)
  an = 0.1d0*exprelr(-(v + 55d0)/10d0)
  bn = 0.125d0*exp(-(v + 65d0)/80d0)
  am = exprelr(-(v + 40d0)/10d0)
  bm = 4d0*exp(-(v + 65d0)/18d0)
  ah = 0.07d0*exp(-(v + 65d0)/20d0)
  bh = 1d0/(1d0 + exp(-(v + 35d0)/10d0))
  f(1) = par(1) - 120d0*m**3*h*(v - 50d0) - 36d0*n**4*(v + 77d0) - 0.3d0*(v + 54.387d0)
  f(2) = am*(1d0 - m) - bm*m
  f(3) = ah*(1d0 - h) - bh*h
  f(4) = an*(1d0 - n) - bn*n
contains
  ! x/(exp(x) - 1)
  double precision function exprelr(x)
    double precision, intent(in) :: x
    if (abs(x) < 1d-5) then
      exprelr = 1d0 - x/2d0 + x*x/12d0
    else
      exprelr = x/(exp(x) - 1d0)
    end if
  end function
end subroutine

subroutine stpnt(ndim, u, par, t)
  implicit none
  integer, intent(in) :: ndim
  double precision, intent(inout) :: u(ndim), par(*)
  double precision, intent(in) :: t
  par(1) = 0d0
  u = [-64.9996d0, 0.052955d0, 0.59599d0, 0.31773d0]
end subroutine

subroutine bcnd
end subroutine
subroutine icnd
end subroutine
subroutine fopt
end subroutine
subroutine pvls
end subroutine
