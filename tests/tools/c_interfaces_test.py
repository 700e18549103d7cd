#!/usr/bin/env python3
import unittest

from tool_case import ToolCase

HEADER = '''#ifdef OPENWMI_CXX_INTERFACES

struct IThing;

// A base; virtual functions in comments do not count: virtual void X();
struct IBase : public IRoot {
  virtual HRESULT STDMETHODCALLTYPE Do(const BSTR strName, long lFlags = 0,
                                       IThing** ppThing = NULL) = 0;
  HRESULT DoIt() { return Do(NULL); }
};
OPENWMI_INTERFACE_ID(IBase, 1, 2, 3)
OPENWMI_CLASS_ID(Maker, 1, 2, 3)

#else
#include "detail/c/a.h"
#endif
'''
ROOT = '''#ifdef OPENWMI_CXX_INTERFACES
struct IRoot {
  virtual ULONG STDMETHODCALLTYPE AddRef() = 0;
};
#endif
'''


class CInterfaces(ToolCase):
    def arguments(self):
        return ('c_interfaces.py', '--include', self.folder / 'in', '--output', self.folder / 'out')

    def form(self, header):
        self.write('in/root.h', ROOT)
        self.write('in/a.h', header)
        self.assert_passes(*self.arguments())
        return (self.folder / 'out/detail/c/a.h').read_text()

    def test_methods_of_the_base_come_first_and_defaults_go(self):
        text = self.form(HEADER)
        self.assertIn('''typedef struct IBaseVtbl {
  ULONG(STDMETHODCALLTYPE* AddRef)(IBase* This);
  HRESULT(STDMETHODCALLTYPE* Do)(IBase* This, const BSTR strName, long lFlags, IThing** ppThing);
} IBaseVtbl;''', text)
        self.assertIn('typedef struct IThing IThing;', text)
        self.assertNotIn('DoIt', text)

    def test_macros_and_identifiers(self):
        text = self.form(HEADER)
        self.assertIn('#define IBase_AddRef(This) ((This)->lpVtbl->AddRef(This))', text)
        self.assertIn('#define IBase_Do(This, strName, lFlags, ppThing) '
                      '((This)->lpVtbl->Do(This, strName, lFlags, ppThing))', text)
        self.assertIn('const IID IID_IBase;', text)
        self.assertIn('const CLSID CLSID_Maker;', text)

    def test_parts_belong_to_the_header_that_includes_them(self):
        self.write('in/detail/part.h', HEADER)
        text = self.form('#include "detail/part.h"\n')
        self.assertIn('IBaseVtbl', text)
        self.assertFalse((self.folder / 'out/detail/c/part.h').exists())

    def test_a_file_that_does_not_change_keeps_its_time(self):
        self.form(HEADER)
        path = self.folder / 'out/detail/c/a.h'
        before = path.stat().st_mtime_ns
        self.assert_passes(*self.arguments())
        self.assertEqual(before, path.stat().st_mtime_ns)

    def test_a_virtual_function_of_another_form_is_an_error_with_its_place(self):
        self.write('in/root.h', ROOT)
        self.write('in/a.h', HEADER.replace('virtual HRESULT STDMETHODCALLTYPE Do', 'virtual HRESULT Do'))
        self.assert_fails('a.h:6: IBase: a virtual function is not of the form', *self.arguments())

    def test_a_parameter_without_name_is_an_error(self):
        self.write('in/root.h', ROOT)
        self.write('in/a.h', HEADER.replace('long lFlags = 0', 'long'))
        self.assert_fails('the parameter "long" has no name', *self.arguments())

    def test_an_unknown_base_is_an_error(self):
        self.write('in/a.h', HEADER)
        self.assert_fails('the base IRoot of IBase is not in any header', *self.arguments())


if __name__ == '__main__':
    unittest.main()
